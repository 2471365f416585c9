-- Under Quarto, in the PDF: a box for each character that no font has, where Typst would stop. The press does so too.
local project = quarto and quarto.project and quarto.project.directory
if not FORMAT:match("typst") or not project then return {} end

-- Latin, Greek, Cyrillic, punctuation, arrows and signs of mathematics are in the house style's own fonts.
local function known(code)
  return code < 0x180 or (code >= 0x391 and code < 0x460 and code ~= 0x3A2) or (code >= 0x2010 and code <= 0x2027)
    or (code >= 0x2190 and code <= 0x2193) or (code >= 0x2200 and code <= 0x22FF)
end

-- The characters of the document that may be in none of the fonts, each once.
local function listed(doc)
  local seen, found = {}, {}
  local function look(el)
    for _, code in utf8.codes(el.text) do
      if not known(code) and not seen[code] then
        seen[code] = true
        found[#found + 1] = utf8.char(code)
      end
    end
  end
  doc:walk({ Str = look, Code = look, CodeBlock = look, Math = look })
  return table.concat(found)
end

local function asked(characters)
  local file = characters ~= "" and io.open(project .. "/_ledger/python.txt")
  if not file then return "" end
  local python = file:read("a")
  file:close()
  local read, found = pcall(pandoc.pipe, python, { "-m", "report.hooks.unshown" }, characters)
  return read and found or ""
end

-- What cannot be seen, such as a place to break a word at, leaves no box.
local function invisible(code)
  return code == 0xAD or (code >= 0x200B and code <= 0x200F) or (code >= 0x2028 and code <= 0x202E)
    or (code >= 0x2060 and code <= 0x206F) or (code >= 0xFE00 and code <= 0xFE0F) or code == 0xFEFF or code >= 0xE0000 and code < 0xF0000
end

local function boxed(doc)
  local unshown = asked(listed(doc))
  if unshown == "" then return nil end
  local instead, named = {}, {}
  for _, code in utf8.codes(unshown) do
    local character = utf8.char(code)
    instead[character] = invisible(code) and (code == 0x200B and "\u{AD}" or "") or "\u{25A1}"
    if not invisible(code) then named[#named + 1] = string.format("U+%04X", code) end
  end
  local function replace(el)
    el.text = el.text:gsub(utf8.charpattern, instead)
    return el
  end
  if #named > 12 then named = { table.concat(named, ", ", 1, 12) .. " and " .. #named - 12 .. " more" } end
  if #named > 0 then quarto.log.warning("no font has " .. table.concat(named, ", ") .. "; \u{25A1} stands there in the PDF") end
  return doc:walk({ Str = replace, Code = replace, CodeBlock = replace, Math = replace })
end

return { { Pandoc = boxed } }
