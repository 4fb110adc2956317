"""Who works here: natural persons, their accounts, their posts, and what each post may do."""
