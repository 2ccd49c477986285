"""The duty page: what whoever was woken sees behind the link, on a phone, at three in the morning. No script, no Dash."""
