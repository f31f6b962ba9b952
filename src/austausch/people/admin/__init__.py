"""The editors' side of people and organisations; the portal team's."""
