-- In HTML a page's sources stand under a heading of their own, as in the press; Pandoc's heading would be a second title.
if not FORMAT:match("html") then return {} end

local cites, placed = false, false

return {
  {
    Cite = function() cites = true end,
    Div = function(div) placed = placed or div.identifier == "refs" end,
  },
  {
    Pandoc = function(doc)
      if not cites or placed then return nil end
      doc.blocks:insert(pandoc.Header(2, "References", pandoc.Attr("references", { "unnumbered" })))
      doc.blocks:insert(pandoc.Div({}, pandoc.Attr("refs")))
      return doc
    end,
  },
}
