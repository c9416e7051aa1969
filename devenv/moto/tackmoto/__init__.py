"""Corrects moto where AWS behaves differently. One file per kind has classes that extend moto's."""
