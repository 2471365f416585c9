"""From a built book to one PDF: Pandoc writes each chapter as Typst, the house style of `_extensions/colophon` sets it.

`write_pdf(project, docs, out)` is the whole interface.
"""

from report.press.pdf.errors import PdfError
from report.press.pdf.write import write_pdf

__all__ = ["PdfError", "write_pdf"]
