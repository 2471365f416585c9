-- Under Quarto: what the press's pages have too. The scripts, and at the foot of each page the version and the digest of the
-- tables.
if not FORMAT:match("html") then return {} end

quarto.doc.add_html_dependency({
  name = "colophon",
  version = "1.0.0",
  scripts = { { path = "offline.js" }, { path = "facts.js", afterBody = true }, { path = "stacked.js", afterBody = true },
    { path = "edges.js", afterBody = true }, { path = "folds.js", afterBody = true } },
})

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

-- Which tables the report shows is known once all chapters have run: the post-render hook fills in their digest.
local function version(meta)
  if not meta.version then return end
  local shown = pandoc.utils.stringify(meta.version):gsub('[&<>"]', entities)
  local head, foot = '<meta name="version" content="' .. shown .. '">', "Version " .. shown .. "."
  if meta.build then
    head = head .. '\n<meta name="tables-digest" content="">'
    foot = foot .. '<span class="tables" hidden> Frozen tables <code class="tables-digest"></code>.</span>'
  end
  quarto.doc.include_text("in-header", head)
  quarto.doc.include_text("after-body", '<footer class="colophon-line">' .. foot .. "</footer>")
end

-- A picture loads once the reader comes near it: a drawing costs as much as all words of its page.
local function late(image)
  image.attributes.loading = image.attributes.loading or "lazy"
  return image
end

-- The page's contents leave out headings that bear one bare name in several sections, such as a study under each question.
local function unlisted(doc)
  local times = {}
  local function bare(header)
    return header.level > 2 and header.classes:includes("unnumbered") and pandoc.utils.stringify(header)
  end
  doc.blocks:walk({ Header = function(header)
    local name = bare(header)
    if name then times[name] = (times[name] or 0) + 1 end
  end })
  return doc:walk({ Header = function(header)
    if (times[bare(header)] or 0) > 1 then
      header.classes:insert("unlisted")
      return header
    end
  end })
end

return { { Meta = version, Image = late, Pandoc = unlisted } }
