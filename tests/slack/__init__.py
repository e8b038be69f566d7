"""What tests of the Slack channel share: a strict fake of Slack, what Slack sends, and what it takes."""
