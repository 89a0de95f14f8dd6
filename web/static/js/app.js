// Entry: every enhancement is on its own and the page works without any of them.
