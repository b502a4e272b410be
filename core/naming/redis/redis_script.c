#include "naming/redis/redis_script.h"

#include <nettle/sha1.h>
#include <stdio.h>

#include "base/memory.h"

/* The script, in Redis' Lua. What it reads of others is checked here, in holds(), so that a change
 * and its condition are one step. */
static const char *const lines[] = {
    "local key = KEYS[1]",
    "local names, leases = key .. 'names', key .. 'leases'",
    "local call, number = redis.call, tonumber",
    "local function now()",
    "  local time = call('TIME')",
    "  return time[1] * 1000 + math.floor(time[2] / 1000)",
    "end",
    "local function revision()",
    "  return number(call('GET', key .. 'rev') or 0)",
    "end",
    "local function add_event(at, ...)",
    "  local id = string.format('%.0f-0', at)",
    "  return redis.pcall('XADD', key .. 'ev', 'MAXLEN', '~', 100000, id, ...)",
    "end",
    "-- Begins a history with the time, in microseconds: it joins none that was before.",
    "-- An event that says nothing shows that to who follows the events.",
    "local function begin_history()",
    "  local time = call('TIME')",
    "  local at = time[1] * 1000000 + time[2]",
    "  call('SET', key .. 'rev', string.format('%.0f', at))",
    "  add_event(at, 'n', 'Pyro.NameServer')",
    "end",
    "local function next_revision()",
    "  local at = call('INCR', key .. 'rev')",
    "  if at > 1 then",
    "    return at",
    "  end",
    "  begin_history()",
    "  return call('INCR', key .. 'rev')",
    "end",
    "-- Adds a change to the stream; returns its revision.",
    "local function log(...)",
    "  local at = next_revision()",
    "  local added = add_event(at, ...)",
    "  if type(added) == 'table' and added.err then",
    "    -- Somebody removed the revision.",
    "    local last = call('XREVRANGE', key .. 'ev', '+', '-', 'COUNT', 1)[1]",
    "    at = math.max(at, last and number(last[1]:match '^%d+') or 0) + 1",
    "    call('SET', key .. 'rev', at)",
    "    added = add_event(at, ...)",
    "    if type(added) == 'table' and added.err then",
    "      error(added.err, 0)",
    "    end",
    "  end",
    "  return at",
    "end",
    "local function first_lease(owner)",
    "  local first = call('ZRANGE', key .. 'o:' .. owner, 0, 0, 'WITHSCORES')",
    "  return first[2] and first[2] * 1000",
    "end",
    "local function renewed(owner)",
    "  return (call('ZSCORE', leases, owner) or 0) - (first_lease(owner) or 0)",
    "end",
    "local function lease_from(owner, time)",
    "  local first = first_lease(owner)",
    "  if first then",
    "    call('ZADD', leases, string.format('%.0f', time + first), owner)",
    "  else",
    "    call('ZREM', leases, owner)",
    "  end",
    "end",
    "local function disown(owner, name)",
    "  local time = renewed(owner)",
    "  call('ZREM', key .. 'o:' .. owner, name)",
    "  lease_from(owner, time)",
    "end",
    "local function fields(name)",
    "  local at = key .. 'n:' .. name",
    "  local found = redis.pcall('HMGET', at, 'uri', 'meta', 'owner', 'lease', 'since')",
    "  return found.err and {} or found",
    "end",
    "local function remove(name, owner)",
    "  local at = log('n', name)",
    "  call('DEL', key .. 'n:' .. name)",
    "  call('ZREM', names, name)",
    "  if owner and owner ~= '' then",
    "    disown(owner, name)",
    "  end",
    "  return at",
    "end",
    "local function holds(condition, found, uri, owner)",
    "  if condition == 'w' then",
    "    return true",
    "  elseif condition == 'a' then",
    "    return not found[1] or owner ~= '' and found[3] == owner",
    "  elseif condition == 'o' then",
    "    return found[1] and found[3] == owner",
    "  end",
    "  return found[1] == uri and found[3] == ''",
    "end",
    "local change = {}",
    "function change.set(found, name, uri, meta, owner, lease, since)",
    "  call('ZADD', names, 0, name)",
    "  local at = log('n', name, 'u', uri, 'm', meta, 'o', owner, 'l', lease, 's', since)",
    "  if found[3] and found[3] ~= '' and found[3] ~= owner then",
    "    disown(found[3], name)",
    "  end",
    "  call('DEL', key .. 'n:' .. name)",
    "  call('HSET', key .. 'n:' .. name, 'uri', uri, 'meta', meta, 'owner', owner, 'lease', lease,",
    "    'since', since, 'rev', at)",
    "  if owner ~= '' then",
    "    call('ZADD', key .. 'o:' .. owner, lease, name)",
    "    lease_from(owner, now())",
    "    call('SET', key .. 'swept', string.format('%.0f', now()), 'NX')",
    "  end",
    "  return at",
    "end",
    "function change.tags(found, name, _, meta)",
    "  local uri, owner, lease, since = found[1], found[3], found[4], found[5]",
    "  local at = log('n', name, 'u', uri, 'm', meta, 'o', owner, 'l', lease, 's', since)",
    "  call('HSET', key .. 'n:' .. name, 'meta', meta, 'rev', at)",
    "  return at",
    "end",
    "function change.remove(found, name)",
    "  return remove(name, found[3])",
    "end",
    "local other = {}",
    "function other.renew(owner)",
    "  local count = call('ZCARD', key .. 'o:' .. owner)",
    "  if count > 0 then",
    "    lease_from(owner, now())",
    "  end",
    "  return { count, revision() }",
    "end",
    "-- Milliseconds since each of some owners, with NULs between them, last renewed its leases.",
    "function other.renewals(owners)",
    "  local time, ages = now(), {}",
    "  for owner in owners:gmatch '%Z+' do",
    "    ages[#ages + 1] = time - renewed(owner)",
    "  end",
    "  return ages",
    "end",
    "-- Moves all leases: nobody could renew any for a time, or the clock went back.",
    "local function stand_still(time)",
    "  for _, owner in ipairs(call('ZRANGE', leases, 0, -1)) do",
    "    call('ZINCRBY', leases, time, owner)",
    "  end",
    "  return { 0, revision() }",
    "end",
    "local function end_leases(owner, time, most)",
    "  local since = renewed(owner)",
    "  local kept, longest = key .. 'o:' .. owner, (time - since) / 1000",
    "  local ended = call('ZRANGEBYSCORE', kept, '-inf', longest, 'LIMIT', 0, most)",
    "  for _, name in ipairs(ended) do",
    "    if fields(name)[3] == owner then",
    "      remove(name)",
    "    end",
    "    call('ZREM', kept, name)",
    "  end",
    "  lease_from(owner, since)",
    "  return #ended",
    "end",
    "function other.sweep(most)",
    "  local time, count = now(), 0",
    "  local before = redis.pcall('GET', key .. 'swept')",
    "  before = type(before) == 'string' and number(before) or time",
    "  call('SET', key .. 'swept', string.format('%.0f', time))",
    "  if time < before or time - before > 2500 then",
    "    return stand_still(time - before)",
    "  end",
    "  for _, owner in ipairs(call('ZRANGEBYSCORE', leases, '-inf', time, 'LIMIT', 0, most)) do",
    "    count = count + end_leases(owner, time, most - count)",
    "    if count >= number(most) then",
    "      break",
    "    end",
    "  end",
    "  return { count, revision() }",
    "end",
    "function other.page(from, most)",
    "  if revision() == 0 then",
    "    begin_history()",
    "  end",
    "  local rows, size = {}, 0",
    "  local found = call('ZRANGEBYLEX', names, from, '+', 'LIMIT', 0, most)",
    "  for i, name in ipairs(found) do",
    "    local row = fields(name)",
    "    rows[i] = row[1] and { name, unpack(row, 1, 5) } or { name }",
    "    size = size + (row[2] and #row[2] or 0)",
    "    if size > 1000000 then",
    "      break",
    "    end",
    "  end",
    "  return { revision(), rows }",
    "end",
    "local what, condition, name, uri, _, owner = unpack(ARGV)",
    "if other[what] then",
    "  return other[what](unpack(ARGV, 2))",
    "end",
    "local found = fields(name)",
    "if not holds(condition, found, uri, owner) or (what ~= 'set' and not found[1]) then",
    "  return { 0, revision() }",
    "end",
    "return { 1, change[what](found, unpack(ARGV, 3)) }",
};

static void hash(struct redis_script *script)
{
    struct sha1_ctx context;
    uint8_t digest[SHA1_DIGEST_SIZE];
    sha1_init(&context);
    sha1_update(&context, script->text.length, (const uint8_t *)script->text.data);
    sha1_digest(&context, sizeof(digest), digest);
    for (size_t i = 0; i < sizeof(digest); i++)
        snprintf(script->sha + 2 * i, 3, "%02x", digest[i]);
}

enum pyro_code redis_script_init(struct redis_script *script, const char *prefix,
                                 struct pyro_error *err)
{
    *script = (struct redis_script){.text = {.data = NULL}};
    for (size_t i = 0; i < PYRO_COUNT(lines); i++)
        if (!pyro_buffer_append(&script->text, lines[i], strlen(lines[i])) ||
            !pyro_buffer_append(&script->text, "\n", 1))
            return pyro_error_memory(err);
    hash(script);
    snprintf(script->key, sizeof(script->key), "{%s}:", prefix);
    return PYRO_OK;
}

void redis_script_free(struct redis_script *script)
{
    pyro_buffer_free(&script->text);
}

void redis_script_begin(const struct redis_script *script, bool whole,
                        struct redis_command *command)
{
    redis_command_text(command, whole ? "EVAL" : "EVALSHA");
    redis_command_add(command, whole ? pyro_slice(script->text.data, script->text.length)
                                     : pyro_slice_text(script->sha));
    redis_command_text(command, "1");
    redis_command_text(command, script->key);
}

bool redis_script_is_unknown(const redisReply *reply)
{
    return reply->type == REDIS_REPLY_ERROR && strncmp(reply->str, "NOSCRIPT", 8) == 0;
}
