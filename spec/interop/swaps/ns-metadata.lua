local function found(title, ...)
  local lines = "\n" .. title .. "\n"
  for _, name in ipairs { ... } do
    lines = lines .. ("<~>   example.resource.%s -> <_>PYRO:obj_<_>@localhost:<_>\n"):format(name)
  end
  return lines
end

return {
  {
    {
      "example",
      shows = "<...>\nexample.resource.diskstorage\n   uri: PYRO:obj_<_>@localhost:<_>\n"
        .. "   meta: <_>class:resources.DiskStorage<_>\n\n<...>\n"
        .. found("all storage:", "tapestorage", "diskstorage")
        .. found("all FAST printers:", "laserprinter")
        .. found("all storage OR communication devices :", "tapestorage", "diskstorage", "telephone", "faxmachine")
        .. found("all FAST printers (after photoprinter upgrade):", "laserprinter", "photoprinter")
        .. found("all resource types:", "laserprinter", "matrixprinter", "photoprinter", "tapestorage", "diskstorage",
          "telephone", "faxmachine")
        .. [[


PYROMETA protocol for easy yellow-pages lookup:

Proxy to look up 'any nameserver' via its class metadata:
     <_>PYROMETA:<_>
Proxy for 'any namesever' bound to candidate:
     PYRO:Pyro.NameServer@localhost:<_>
Proxy for 'any slow printer':
     <_>PYROMETA:<_>
(this example doesn't actually implement these objects so we leave it at that)
]],
    },
  },
}
