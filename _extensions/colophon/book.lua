-- Under Quarto: the shape of the book on paper. The page "Appendices" becomes the mark at which chapters begin to have
-- letters, an unnumbered chapter has unnumbered sections, as in the HTML, and a numbered equation is read aloud.
local mark = pandoc.RawBlock("typst", "#appendix-begins")
local chapter_is_numbered = true

local function header(el)
  local unnumbered = el.classes:includes("unnumbered")
  if el.level == 1 then
    chapter_is_numbered = not unnumbered
    local state = quarto.doc.file_metadata()
    local file = state and state.file
    local divider = (quarto.doc.language or {})["section-title-appendices"] or "Appendices"
    if unnumbered and file and file.bookItemType == "appendix" and pandoc.utils.stringify(el) == divider then
      return mark
    end
  elseif not chapter_is_numbered and not unnumbered then
    el.classes:insert("unnumbered")
    return el
  end
end

-- Quarto wraps a numbered equation into an element of its own; print.lua's words inside it are not heard.
local function numbered(inlines)
  for place, raw in ipairs(inlines) do
    local math = inlines[place + 1]
    local opens = raw.t == "RawInline" and raw.text:match("^#math%.equation%(block: %a+, numbering: ")
    if opens and math and math.t == "Math" then
      local source = math.text:gsub("[\\\"]", "\\%0"):gsub("%s+", " ")
      raw.text = raw.text:gsub(", numbering: ", function(option) return ', alt: "' .. source .. '"' .. option end, 1)
    end
  end
  return inlines
end

-- In English the words are those of pages.typ.
local function words(meta)
  local language = quarto.doc.language
  if not language or not meta.lang or pandoc.utils.stringify(meta.lang):match("^en") then return nil end
  meta["chapter-word"] = language["crossref-ch-prefix"]
  meta["appendix-word"] = language["crossref-apx-prefix"]
  meta["contents-word"] = language["toc-title-document"]
  return meta
end

-- Quarto tells which file a block came from only to filters combined with its own.
return quarto.utils.combineFilters({ quarto.utils.file_metadata_filter(), { Header = header, Inlines = numbered, Meta = words } })
