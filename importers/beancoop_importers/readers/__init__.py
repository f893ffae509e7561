"""Readers of bank files: bytes in, statements out, or refused; nothing here knows Beancount."""
