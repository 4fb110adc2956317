"""Donation receipts (捐赠票据): their numbers, who signs them, what they may say, and what took them back."""
