"""Account statements in the forms that banks exchange: ISO 20022 camt.05x and SWIFT MT940.

Pure: a file in, sheets out that ``channels.statements`` reads like any other list, with what the
statement says of its balances beside them.
"""
