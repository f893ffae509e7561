"""The dossier of one who leaves: her books with what explains them."""
