"""The documents of published studies: whether what a study transcribes stands in them, where it says.

- `files`: which file is the document of a study; `text_files`, `web_pages`, `pdfs`: its blocks (headings, paragraphs,
  list items, rows of tables); `blocks`: what a block is; `typography`: one spelling for what is set in many ways;
- `places`: the blocks that a place such as "Results, second point" names; `prints` and `quotations`: how a figure and a
  quotation are found in blocks; `grids`: whether the cells of a printed table stand in its rows;
- `transcribed`: what a study transcribes, with the lines of its YAML; `looked_up`: all of it together.
"""
