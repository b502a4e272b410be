#include "rpc/wirelog.h"

#include "base/escape.h"
#include "base/serializer.h"
#include "base/uuid.h"

static bool is_wanted(const struct pyro_runtime *runtime)
{
    return runtime->config.LOGWIRE && runtime->log.level <= PYRO_DEBUG;
}

static void write_line(struct pyro_runtime *runtime, const char *area, const char *what,
                       const char *peer, const struct pyro_protocol *protocol,
                       const struct pyro_header *header, struct pyro_slice data)
{
    char correlation[PYRO_UUID_TEXT_SIZE] = "?", shown[600];
    if (header->correlated)
        pyro_uuid_text(header->correlation, correlation);
    pyro_escape(shown, sizeof(shown), data);
    pyro_log_write(&runtime->log, PYRO_DEBUG, area,
                   "%s wiredata %s: %s: protocol=%u msgtype=%d flags=0x%x ser=%s seq=%u "
                   "annotations=%u bytes corr_id=%s data=%zu bytes: %s",
                   area, what, peer, protocol->version, (int)header->type, header->flags,
                   pyro_serializer_name(header->serializer), (unsigned)header->seq,
                   (unsigned)header->annotations_length, correlation, data.length, shown);
}

void pyro_wirelog_received(struct pyro_runtime *runtime, const char *area, const char *peer,
                           const struct pyro_message *message)
{
    if (is_wanted(runtime))
        write_line(runtime, area, "received", peer, message->protocol, &message->header,
                   message->data);
}

void pyro_wirelog_sending(struct pyro_runtime *runtime, const char *area, const char *peer,
                          const struct pyro_draft *draft)
{
    if (is_wanted(runtime))
        write_line(runtime, area, "sending", peer, draft->protocol, &draft->header,
                   pyro_slice(draft->out->data + draft->data, draft->header.data_length));
}
