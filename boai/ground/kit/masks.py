"""Masked forms of personal data for those who may not see it whole."""


def masked_name(name: str) -> str:
    """张三 -> 张*, 欧阳小红 -> 欧**红: first and, from three characters, last stay."""
    letters = name.strip()
    if len(letters) <= 1:
        return "*"
    if len(letters) == 2:
        return letters[0] + "*"
    return letters[0] + "*" * min(len(letters) - 2, 6) + letters[-1]


def masked_phone(phone: str) -> str:
    """13812345678 -> 138****5678; shorter numbers keep two at each end."""
    digits = phone.strip()
    if len(digits) >= 11:
        return digits[:3] + "****" + digits[-4:]
    return digits[:2] + "***" + digits[-2:] if len(digits) > 4 else "***"
