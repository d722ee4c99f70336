"""The strategies REVTGT, REVNON and ADDDIFF, and what they share."""
