-- A table in HTML that a cell displays may hold a "<" that begins no tag, as a Styler of pandas writes the name of a column.
-- Readers of HTML would take it for one, and lose what follows: on paper the whole table. As in the press, it is text.
local function ends_tag(html, at)
  -- The place of the ">" that ends the tag which begins at "<", or nil.
  local place = html:match("^</?%a[^<>\"']*()", at)
  while place do
    local sign = html:sub(place, place)
    if sign == ">" then return place end
    place = (sign == '"' or sign == "'") and html:match("^" .. sign .. "[^" .. sign .. "]*" .. sign .. "[^<>\"']*()", place)
  end
end

local function escaped(html)
  local parts, from = {}, 1
  while true do
    local at = html:find("<", from, true)
    if not at then break end
    local whole = html:match("^<!%-%-.-%-%->()", at) or html:match("^<style.-</style>()", at) or html:match("^<script.-</script>()", at)
    local last = whole and whole - 1 or ends_tag(html, at)
    table.insert(parts, html:sub(from, at - 1))
    table.insert(parts, last and html:sub(at, last) or "&lt;")
    from = (last or at) + 1
  end
  table.insert(parts, html:sub(from))
  return table.concat(parts)
end

function Div(div)
  if not div.classes:includes("cell-output-display") then return nil end
  return div:walk({
    RawBlock = function(block)
      if block.format:match("^html") and block.text:find("<table", 1, true) then block.text = escaped(block.text) end
      return block
    end,
  })
end
