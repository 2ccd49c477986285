"""What several tests share: real servers, real databases, a real browser, a frozen clock."""
