--- Certificates for specs, made once by spec/support/certificates: those of scripts/certs (ca, server,
--- client), and some with a fault.
local certificates = {}

local folder

--- The path of a certificate ("server.pem") or key ("server.key").
---@param name string
---@return string
function certificates.path(name)
  if not folder then
    folder = assert(io.popen "mktemp -d /tmp/pyrolua_certs_XXXXXX"):read "l"
    assert(os.execute(("spec/support/certificates %s >/dev/null"):format(folder)))
  end
  return folder .. "/" .. name
end

--- Makes another of a client, that the authority signs.
---@param name string
---@param subject string as openssl takes it: "/O=Example/CN=worker"
function certificates.make(name, subject)
  certificates.path ""
  assert(os.execute(("cd %s && openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -utf8 "
    .. "-keyout %s.key -out request -subj '%s' 2>/dev/null && openssl x509 -req -in request -CA ca.pem "
    .. "-CAkey ca.key -set_serial 2 -out %s.pem 2>/dev/null && rm request"):format(folder, name, subject, name)))
end

--- Makes "brief.pem" and "brief.key", of a server whose certificate expires in so many seconds.
---@param seconds integer
function certificates.make_brief(seconds)
  assert(os.execute(([[
    cd %s && : > index && echo 02 > serial &&
    printf '[ca]\ndefault_ca=own\n[own]\ndatabase=index\nserial=serial\nnew_certs_dir=.\npolicy=any\n' > ca.conf &&
    printf 'default_md=sha256\n[any]\ncommonName=supplied\n' >> ca.conf && cp server.key brief.key &&
    openssl req -new -key brief.key -subj /CN=localhost -out brief.request &&
    openssl ca -batch -notext -config ca.conf -cert ca.pem -keyfile ca.key -in brief.request -days 1 -out brief.pem \
      -enddate "$(date -u -d '%d seconds' +%%Y%%m%%d%%H%%M%%SZ)" 2>said || { cat said >&2; exit 1; }
    rm -f index* serial* ca.conf brief.request 02.pem said]]):format(certificates.path ".", seconds)))
end

--- Removes them. For teardown().
function certificates.remove()
  if folder then
    os.execute("rm -r " .. folder)
  end
  folder = nil
end

--- Environment variables of a program that serves with TLS.
---@param mutual? boolean it asks clients for certificates
---@return table<string, string>
function certificates.server(mutual)
  return {
    PYRO_SSL = "1", PYRO_SSL_SERVERCERT = certificates.path "server.pem",
    PYRO_SSL_SERVERKEY = certificates.path "server.key",
    PYRO_SSL_REQUIRECLIENTCERT = mutual and "1" or nil,
    PYRO_SSL_CACERTS = mutual and certificates.path "ca.pem" or nil,
  }
end

--- Environment variables of a program that calls such a one.
---@param name? string of the client's certificate: "client"
---@return table<string, string>
function certificates.client(name)
  return {
    PYRO_SSL = "1", PYRO_SSL_CACERTS = certificates.path "ca.pem",
    PYRO_SSL_CLIENTCERT = name and certificates.path(name .. ".pem"),
    PYRO_SSL_CLIENTKEY = name and certificates.path(name .. ".key"),
  }
end

--- One table of variables of several.
function certificates.all(...)
  local all = {}
  for _, variables in ipairs { ... } do
    for name, value in pairs(variables) do
      all[name] = value
    end
  end
  return all
end

return certificates
