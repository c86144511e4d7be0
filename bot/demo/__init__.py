"""`policywatch demo`: bundled sample outlets on a loopback server, and a tour through the real pipeline."""
