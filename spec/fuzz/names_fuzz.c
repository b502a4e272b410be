/* Calls of the name server, as they reach it from a client: methods with arguments in any
 * serializer, one by one. Each is answered once, with a message; registrations stay within their
 * memory. A call is described by the method and the protocol (1 byte), the serializer and flags (1
 * byte), and the bytes of its arguments (2 bytes of length). */
#include "conversation.h"

#include "naming/server/nameserver.h"
#include "net/adopt.h"
#include "rpc/daemon.h"
#include "rpc/listening.h"

/* All but `watch`, which waits. */
static const char *const methods[] = {"count",    "list",   "lookup",       "ping",
                                      "register", "remove", "set_metadata", "yplookup",
                                      "publish",  "renew",  "withdraw",     "leases"};

static const enum pyro_serializer serializers[] = {PYRO_SERIALIZER_MSGPACK, PYRO_SERIALIZER_SERPENT,
                                                   PYRO_SERIALIZER_JSON, PYRO_SERIALIZER_MARSHAL};

/* Arguments that are good, for methods after which there is more to find. */
static enum pyro_code put_example(struct pyro_sink *to, unsigned number)
{
    char name[8];
    snprintf(name, sizeof(name), "n.%u", number % 16);
    pyro_begin(to, PYRO_TUPLE, 2);
    pyro_put_text(to, name);
    pyro_put_text(to, "PYRO:x@h:1");
    pyro_end(to, PYRO_TUPLE);
    pyro_begin(to, PYRO_DICT, 1);
    pyro_put_text(to, "metadata");
    pyro_begin(to, PYRO_LIST, 1);
    pyro_put_text(to, "tag");
    pyro_end(to, PYRO_LIST);
    return pyro_end(to, PYRO_DICT);
}

/* Appends a call, whose arguments are the input's bytes, or an example. */
static bool append_call(struct pyro_buffer *out, struct pyro_slice *in)
{
    unsigned choice = take_byte(in), form = take_byte(in);
    enum pyro_serializer serializer = serializers[form % PYRO_COUNT(serializers)];
    const struct pyro_protocol *protocol = choice & 8 ? &pyro_protocol_502 : &pyro_protocol_48;
    const struct pyro_codec *codec = pyro_codec_find(serializer);
    struct pyro_header header = {.type = PYRO_INVOKE,
                                 .flags = form & 4 ? PYRO_FLAG_BATCH : 0,
                                 .serializer = serializer,
                                 .seq = 1};
    bool example = (choice & 0x70) == 0x70;
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_writer writer;
    struct pyro_draft draft;
    demand(pyro_message_begin(&draft, out, protocol, &header, NULL, 0, &err) == PYRO_OK);
    codec->open(&writer, out, &err);
    struct pyro_slice method =
        pyro_slice_text(example ? "register" : methods[choice % PYRO_COUNT(methods)]);
    demand(codec->call_begin(&writer, pyro_slice_text(PYRO_NAMESERVER_NAME), method) == PYRO_OK);
    if (example) {
        demand(put_example(&writer.sink, form >> 3) == PYRO_OK);
    } else {
        struct pyro_slice bytes = take_bytes(in);
        demand(pyro_buffer_append(out, bytes.data, bytes.length));
    }
    if (example || serializer != PYRO_SERIALIZER_JSON)
        demand(codec->call_end(&writer) == PYRO_OK);
    return pyro_message_end(&draft, 100000, false, &err) == PYRO_OK;
}

static const char *socket_path(void)
{
    static char path[64];
    snprintf(path, sizeof(path), "/tmp/pyrolua-fuzz-%ld.sock", (long)getpid());
    return path;
}

static struct pyro_nameserver *open_nameserver(struct pyro_runtime *runtime, int descriptor)
{
    struct pyro_error err = {.code = PYRO_OK};
    const struct pyro_daemon_options options = {
        .unixsocket = socket_path(), .natport = -1, .connected_socket = -1, .listening_socket = -1};
    struct pyro_nameserver *names = pyro_nameserver_new(runtime, &options, "memory", &err);
    demand(names != NULL);
    struct pyro_stream *stream = pyro_stream_adopt(runtime->loop, descriptor, &err);
    demand(stream && pyro_daemon_serve(pyro_nameserver_daemon(names), stream, true));
    return names;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pyro_runtime *runtime = fuzz_runtime();
    struct pyro_slice in = pyro_slice((const char *)data, size);
    struct listener listener;
    struct pyro_nameserver *names = open_nameserver(runtime, begin_listener(&listener));
    for (size_t calls = 0; in.length > 0 && calls < 16; calls++) {
        struct pyro_buffer out = {.data = NULL};
        struct pieces pieces = {.next = 0};
        size_t heard = listener.heard;
        demand(append_call(&out, &in));
        bool open = say(runtime, &listener, &pieces, pyro_slice(out.data, out.length));
        run_loop(runtime);
        open = open && hear(&listener);
        pyro_buffer_free(&out);
        demand(!open || listener.heard == heard + 1);
        demand(pyro_nameserver_count(names) >= 1);
        if (!open)
            break;
    }
    end_listener(&listener);
    run_loop(runtime);
    pyro_nameserver_free(names);
    run_loop(runtime);
    return 0;
}
