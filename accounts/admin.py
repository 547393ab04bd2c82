"""Admin of users, workplaces and roles."""
