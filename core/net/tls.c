/* TLS between a stream and its owner: a layer.
 *
 * It is established when the handshake is over; a client's owner then hears `connected`. Where it
 * fails, the stream ends with the reason, and whatever OpenSSL still has to say (an alert) leaves
 * as lingering output does.
 *
 * Inside uv_run, tls_on_filled() gives cipher text to OpenSSL, and plain text to the owner's
 * `space` and `filled`. Where the owner pauses, the rest waits here: tls_resume() posts the
 * stream's news, and tls_on_input() goes on. Output is sealed where the stream flushes: a piece of
 * plain text at a time becomes records in the layer's `wire`. OpenSSL also writes there by itself.
 *
 * OpenSSL's errors are in a queue of the thread, which others may use as well: it is emptied before
 * each call that may fail. */
#include "net/tls.h"

#include "base/assert.h"
#include "base/memory.h"
#include "net/certificate_read.h"
#include "net/tls_bio.h"
#include "net/tls_client.h"
#include "net/tls_end.h"
#include "net/tls_warm.h"

/* Plain text that is sealed before it leaves: the other side has work meanwhile. */
#define PIECE ((size_t)32 * 1024)
/* Bytes of a record of 16 KiB besides its contents: header, tag and more. */
#define RECORD_OVERHEAD 64
#define RECORD ((size_t)16 * 1024)
/* More than OpenSSL ever has to say by itself, but to one who asks and does not read. */
#define WIRE_LIMIT ((size_t)256 * 1024)

static void count_held(struct pyro_tls *tls)
{
    tls->stream->held = tls->layer.wire.length + tls->plain.length - tls->sealed;
}

/* --- reading --- */

/* Sends at the end of the step what OpenSSL wrote by itself. */
static void send_own(struct pyro_tls *tls)
{
    count_held(tls);
    if (tls->layer.wire.length > WIRE_LIMIT)
        pyro_stream_end(tls->stream, PYRO_ECLOSED,
                        "connection closed: the other side reads nothing");
    else if (tls->layer.wire.length > 0)
        pyro_stream_changed(tls->stream);
}

/* Goes on with the handshake. Returns whether it is over. */
static bool shake_hands(struct pyro_tls *tls)
{
    if (tls->established || tls->failed)
        return tls->established;
    pyro_tls_clear_errors(tls);
    int result = tls->api->SSL_do_handshake(tls->ssl);
    if (result == 1) {
        tls->established = true;
        tls->stream->loop->counters.secured++;
        tls->stream->loop->counters.resumed += tls->api->SSL_session_reused(tls->ssl) != 0;
        pyro_stream_changed(tls->stream); /* what was appended before leaves */
    } else if (tls->excessive || tls->api->SSL_get_error(tls->ssl, result) != SSL_ERROR_WANT_READ) {
        pyro_tls_fail(tls);
    }
    return tls->established;
}

/* Nothing could be read. */
static void read_nothing(struct pyro_tls *tls)
{
    int error = tls->api->SSL_get_error(tls->ssl, 0);
    if (pyro_tls_bio_is_flooded(tls))
        pyro_stream_end(
            tls->stream, PYRO_ECLOSED,
            "connection closed: the other side sends too many records without contents");
    else if (error == SSL_ERROR_ZERO_RETURN)
        pyro_stream_end(tls->stream, PYRO_ECLOSED, "connection closed by peer");
    else if (error != SSL_ERROR_WANT_READ)
        pyro_tls_fail(tls);
}

/* Gives plain text to the owner, as much as there is room for. Returns whether to go on. */
static bool read_some(struct pyro_tls *tls)
{
    char *at = NULL;
    size_t size = 0, count = 0;
    tls->ops->space(tls->owner, &at, &size);
    if (size == 0) {
        pyro_stream_end(tls->stream, PYRO_EMEMORY, "out of memory");
        return false;
    }
    if (!pyro_tls_bio_read(tls, at, size, &count)) {
        read_nothing(tls);
        return false;
    }
    if (!tls->heard && !tls->server)
        pyro_tls_session_keep(&tls->context->sessions, tls->api, tls->server_name, tls->ssl);
    tls->heard = true;
    tls->fresh = true;
    if (!tls->ops->filled(tls->owner, count))
        pyro_stream_pause(tls->stream);
    return !tls->stream->paused;
}

/* Returns whether there may be plain text to read. */
static bool has_more(const struct pyro_tls *tls)
{
    return tls->input_size > 0 || tls->api->SSL_pending(tls->ssl) > 0;
}

static void pump(struct pyro_tls *tls)
{
    tls->empty = 0;
    pyro_tls_warm_up(tls);
    bool good = shake_hands(tls);
    while (good && !tls->stream->paused && has_more(tls))
        good = read_some(tls);
    send_own(tls);
}

/* Keeps cipher text for when the owner reads again. */
static void keep_input(struct pyro_tls *tls)
{
    if (tls->input_size == 0 || tls->failed)
        return;
    PYRO_ASSERT(tls->waiting.length == 0);
    if (!pyro_buffer_append(&tls->waiting, tls->input, tls->input_size))
        pyro_stream_end(tls->stream, PYRO_EMEMORY, "out of memory");
}

static void tls_on_space(void *owner, char **at, size_t *size)
{
    struct pyro_tls *tls = owner;
    *at = tls->context->contexts->reading;
    *size = PYRO_TLS_READ_SIZE;
}

/* Remembers the first bytes that come in: they say what the other side speaks. */
static void note_first(struct pyro_tls *tls)
{
    size_t room = sizeof(tls->first) - tls->first_size;
    size_t count = tls->input_size < room ? tls->input_size : room;
    memcpy(tls->first + tls->first_size, tls->input, count);
    tls->first_size += count;
}

/* Notes whether a record is amidst: the owner hears when that changes, as it may limit the time. */
static void note_record(struct pyro_tls *tls)
{
    bool before = pyro_tls_record_is_open(&tls->record);
    pyro_tls_record_follow(&tls->record, tls->input, tls->input_size);
    if (tls->established && before != pyro_tls_record_is_open(&tls->record))
        tls->fresh = true;
}

static bool tls_on_filled(void *owner, size_t size)
{
    struct pyro_tls *tls = owner;
    PYRO_ASSERT(!tls->stream->paused && tls->waiting.length == 0);
    if (tls->failed)
        return true;
    tls->input = tls->context->contexts->reading;
    tls->input_size = size;
    note_first(tls);
    note_record(tls);
    pump(tls);
    if (tls->stream->paused)
        keep_input(tls);
    tls->input_size = 0;
    return !tls->stream->paused;
}

/* Goes on with what waits. */
static void pump_waiting(struct pyro_tls *tls)
{
    struct pyro_buffer from = tls->waiting;
    tls->waiting = (struct pyro_buffer){.data = NULL};
    tls->input = from.data ? from.data + tls->taken : NULL; /* OpenSSL has the rest */
    tls->input_size = from.length - tls->taken;
    pump(tls);
    tls->taken = from.length - tls->input_size;
    if (tls->input_size > 0 && tls->stream->paused)
        tls->waiting = from;
    else
        pyro_buffer_free(&from);
    if (tls->waiting.length == 0)
        tls->taken = 0;
    tls->input_size = 0;
}

static bool has_waiting(const struct pyro_tls *tls)
{
    return !tls->failed && (tls->waiting.length > 0 || tls->api->SSL_pending(tls->ssl) > 0);
}

static bool tls_resume(struct pyro_stream *stream)
{
    struct pyro_tls *tls = PYRO_CONTAINER(stream->layer, struct pyro_tls, layer);
    if (!has_waiting(tls))
        return true;
    stream->got_input = true;
    pyro_loop_post(stream->loop, &stream->news);
    return false;
}

/* Tells the owner what has been recorded. It may close the stream in either. */
static void tls_on_input(void *owner)
{
    struct pyro_tls *tls = owner;
    struct pyro_stream *stream = tls->stream;
    if (!stream->paused && has_waiting(tls) && stream->state <= STREAM_ENDED) {
        pump_waiting(tls);
        if (!stream->paused)
            pyro_stream_resume(stream);
    }
    if (tls->established && !tls->told) {
        tls->told = true;
        if (tls->ops->connected)
            tls->ops->connected(tls->owner);
    }
    if (tls->fresh && stream->ops) {
        tls->fresh = false;
        tls->ops->input(tls->owner);
    }
}

/* The socket is connected: the client begins. */
static void tls_on_connected(void *owner)
{
    struct pyro_tls *tls = owner;
    tls->begun = true;
    shake_hands(tls);
    send_own(tls);
}

static void tls_on_drained(void *owner)
{
    struct pyro_tls *tls = owner;
    if (tls->ops->drained)
        tls->ops->drained(tls->owner);
}

/* --- writing --- */

/* Makes records of a piece of plain text. */
static bool seal_piece(struct pyro_tls *tls)
{
    size_t count = 0, left = tls->plain.length - tls->sealed;
    size_t size = left < PIECE ? left : PIECE, records = size / RECORD + 1;
    pyro_tls_warm_up(tls);
    pyro_loop_spare(tls->stream->loop, &tls->layer.wire);
    if (!pyro_buffer_reserve(&tls->layer.wire, size + records * RECORD_OVERHEAD))
        return false;
    pyro_tls_clear_errors(tls);
    if (tls->api->SSL_write_ex(tls->ssl, tls->plain.data + tls->sealed, size, &count) != 1)
        return false;
    tls->sealed += count;
    return true;
}

/* Takes the output that has collected, where all before is sealed. Returns whether there is some.
 */
static bool take_output(struct pyro_tls *tls)
{
    struct pyro_stream *stream = tls->stream;
    if (tls->sealed < tls->plain.length)
        return true;
    pyro_loop_recycle(stream->loop, &tls->plain);
    tls->sealed = 0;
    tls->plain = stream->output;
    stream->output = (struct pyro_buffer){.data = NULL};
    return tls->plain.length > 0;
}

/* The last output was sealed: says that no more comes. */
static void notify_end(struct pyro_tls *tls)
{
    if (tls->notified || tls->stream->state != STREAM_LINGERING)
        return;
    tls->notified = true;
    pyro_tls_clear_errors(tls);
    tls->api->SSL_shutdown(tls->ssl);
}

static bool tls_seal(struct pyro_stream *stream)
{
    struct pyro_tls *tls = PYRO_CONTAINER(stream->layer, struct pyro_tls, layer);
    bool good = true;
    if (tls->established && !tls->failed) {
        if (take_output(tls))
            good = seal_piece(tls);
        else
            notify_end(tls);
    }
    stream->held = tls->plain.length - tls->sealed; /* what is in `wire` leaves now */
    return good;
}

/* --- life --- */

static void tls_free(struct pyro_stream *stream)
{
    struct pyro_tls *tls = PYRO_CONTAINER(stream->layer, struct pyro_tls, layer);
    stream->layer = NULL;
    pyro_tls_cool_down(tls);
    tls->api->SSL_free(tls->ssl);
    pyro_buffer_free(&tls->layer.wire);
    pyro_buffer_free(&tls->waiting);
    pyro_buffer_free(&tls->plain);
    pyro_tls_context_release(tls->context);
    pyro_free(tls);
}

static const struct pyro_layer_ops layer_ops = {
    .seal = tls_seal, .resume = tls_resume, .free = tls_free};

static const struct pyro_stream_ops stream_ops = {
    .space = tls_on_space,
    .filled = tls_on_filled,
    .input = tls_on_input,
    .connected = tls_on_connected,
    .drained = tls_on_drained,
    .ended = pyro_tls_on_ended,
};

/* Makes what OpenSSL calls a connection. */
static bool open_ssl(struct pyro_tls *tls, const char *host, uint16_t port)
{
    tls->ssl = tls->api->SSL_new(tls->context->ssl);
    if (!tls->ssl || !pyro_tls_bio_open(tls))
        return false;
    if (host)
        return pyro_tls_aim(tls, host, port);
    tls->api->SSL_set_accept_state(tls->ssl);
    tls->server = true;
    return true;
}

/* Refuses what OpenSSL would take for any host in a domain. */
static enum pyro_code check_host(const char *host, uint16_t port, struct pyro_error *err)
{
    if (*host != '.')
        return PYRO_OK;
    return pyro_error_set(err, PYRO_ECOMMUNICATION,
                          "cannot connect to ('%.100s', %u): no certificate is for a host whose "
                          "name begins with a dot",
                          host, (unsigned)port);
}

enum pyro_code pyro_tls_start(struct pyro_stream *stream, struct pyro_tls_context *context,
                              const char *host, uint16_t port, struct pyro_error *err)
{
    PYRO_ASSERT(stream->ops && !stream->layer);
    if (host && check_host(host, port, err) != PYRO_OK)
        return err->code;
    struct pyro_tls *tls = pyro_calloc(1, sizeof(*tls));
    if (!tls)
        return pyro_error_memory(err);
    pyro_tls_context_refresh(context, stream->loop);
    pyro_tls_context_retain(context);
    tls->layer.ops = &layer_ops;
    pyro_list_init(&tls->warm);
    tls->stream = stream;
    tls->context = context;
    tls->api = context->contexts->api;
    tls->ops = stream->ops;
    tls->owner = stream->owner;
    stream->layer = &tls->layer;
    if (!open_ssl(tls, host, port)) {
        pyro_tls_clear_errors(tls);
        tls_free(stream);
        return pyro_error_memory(err);
    }
    stream->ops = &stream_ops;
    stream->owner = tls;
    return PYRO_OK;
}

static struct pyro_tls *tls_of(const struct pyro_stream *stream)
{
    return stream->layer ? PYRO_CONTAINER(stream->layer, struct pyro_tls, layer) : NULL;
}

bool pyro_tls_failed(const struct pyro_stream *stream)
{
    const struct pyro_tls *tls = tls_of(stream);
    return tls && tls->rejected;
}

bool pyro_tls_is_used(const struct pyro_stream *stream)
{
    return stream->layer != NULL;
}

bool pyro_tls_is_amid_record(const struct pyro_stream *stream)
{
    const struct pyro_tls *tls = tls_of(stream);
    return tls && pyro_tls_record_is_open(&tls->record);
}

bool pyro_tls_resumed(const struct pyro_stream *stream)
{
    const struct pyro_tls *tls = tls_of(stream);
    return tls && tls->established && tls->api->SSL_session_reused(tls->ssl);
}

bool pyro_tls_has_certificate(const struct pyro_stream *stream)
{
    const struct pyro_tls *tls = tls_of(stream);
    return tls && tls->established && tls->api->SSL_get0_peer_certificate(tls->ssl);
}

struct pyro_certificate *pyro_tls_certificate(const struct pyro_stream *stream)
{
    struct pyro_tls *tls = tls_of(stream);
    if (!tls || !tls->established)
        return NULL;
    X509 *theirs = tls->api->SSL_get1_peer_certificate(tls->ssl);
    struct pyro_certificate *certificate = theirs ? pyro_certificate_read(tls->api, theirs) : NULL;
    tls->api->X509_free(theirs);
    return certificate;
}
