"""Looks at websites as a citizen would: is it reachable, is its certificate good, is it the right page, is the page cared for?"""
