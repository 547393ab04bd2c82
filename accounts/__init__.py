"""People who sign in, their workplaces and roles."""
