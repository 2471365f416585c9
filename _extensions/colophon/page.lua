-- Under Quarto: what the press's pages have too. The scripts, and at the foot of each page the version and the digest of the
-- tables.
if not FORMAT:match("html") then return {} end

quarto.doc.add_html_dependency({
  name = "colophon",
  version = "1.0.0",
  scripts = { { path = "offline.js" }, { path = "facts.js", afterBody = true } },
})

local function escaped(meta)
  return (pandoc.utils.stringify(meta):gsub("[&<>]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" }))
end

local function foot(meta)
  local parts = pandoc.List({})
  if meta.version then parts:insert("Version " .. escaped(meta.version) .. ".") end
  if meta.build and meta.build.tables then
    parts:insert("Frozen tables <code>" .. escaped(meta.build.tables) .. "</code>.")
  end
  if #parts == 0 then return end
  local line = '<footer class="colophon-line">' .. table.concat(parts, " ") .. "</footer>"
  quarto.doc.include_text("after-body", line)
end

return { { Meta = foot } }
