"""The functions that keep the published configuration in the table: one by a schedule, one for pushes."""
