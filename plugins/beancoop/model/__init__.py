"""What the books speak of: accounts, directives, activities, months, money, findings."""
