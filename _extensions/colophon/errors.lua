-- Under Quarto an exception that a cell shows (`error: true`) comes with its traceback: folders of this machine and, on
-- paper, the colour codes of a terminal. As in the press, its name and message are enough.
local entities = { lt = "<", gt = ">", amp = "&", quot = '"', ["#39"] = "'", ["#x27"] = "'" }

local function message(block)
  -- Name and message, then a ruler and the rest.
  if block.t == "CodeBlock" then return (block.text:gsub("\n[\27%[%d;m]*%-%-%-%-%-%-%-%-.*", "")) end
  -- In HTML, coloured, name and message are the last paragraph.
  local text = block.text:gsub("<[^>]*>", ""):gsub("&(#?%w+);", entities)
  return text:match(".*\n%s*\n(.-)%s*$") or text
end

function Div(div)
  if not div.classes:includes("cell-output-error") then return nil end
  local shown = pandoc.Blocks({})
  local function keep(block) shown:insert(pandoc.CodeBlock(message(block))) end
  div:walk({ CodeBlock = keep, RawBlock = keep })
  div.content = shown
  return div
end
