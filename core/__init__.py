"""What every app shares: access, fiscal calendar, lists, forms, spreadsheets."""
