using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LibNetwork.Plugins.Protocol;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Drivers.Remote;

/// <summary>Calls one plugin. Waits for one that is not there; never waits longer, nor reads more, than the options allow.</summary>
internal sealed partial class PluginClient(string name, PluginFolders folders, RemoteDriverOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(16);

    private readonly Lock _gate = new();
    private PluginTransport? _transport;
    private long? _gaveUp;   // when a wait was in vain last
    private bool _isDisposed;

    public string Name => name;

    /// <summary>Where the plugin was found last.</summary>
    public string? Address => _transport?.Address.ToString();

    /// <summary>Whether there has been no wait in vain for as long as one takes.</summary>
    public bool MayWait => _gaveUp is not { } moment || time.GetElapsedTime(moment) > options.Patience;

    /// <summary>Asks for something that takes no request.</summary>
    /// <returns><see langword="null"/> when the plugin does not know the verb.</returns>
    /// <exception cref="PluginException">The call failed.</exception>
    public ValueTask<TReply?> TryAskAsync<TReply>(string verb, JsonTypeInfo<TReply> replyType, CancellationToken cancellationToken)
        where TReply : Reply
        => TryCallAsync(verb, request: null, PluginJson.Default.ReferenceMessage, replyType, cancellationToken);

    /// <summary>Calls a verb that every plugin of the kind must know.</summary>
    /// <exception cref="PluginException">The call failed.</exception>
    public async ValueTask<TReply> CallAsync<TRequest, TReply>(
        string verb, TRequest? request, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TReply> replyType, CancellationToken cancellationToken)
        where TRequest : class
        where TReply : Reply
        => await TryCallAsync(verb, request, requestType, replyType, cancellationToken).ConfigureAwait(false)
            ?? throw new PluginException(NetworkErrorKind.NotSupported, name, Address, $"does not know {verb}") { Outcome = CallOutcome.Refused };

    /// <summary>Calls a verb.</summary>
    /// <returns><see langword="null"/> when the plugin does not know the verb.</returns>
    /// <exception cref="PluginException">The call failed.</exception>
    public async ValueTask<TReply?> TryCallAsync<TRequest, TReply>(
        string verb, TRequest? request, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TReply> replyType, CancellationToken cancellationToken)
        where TRequest : class
        where TReply : Reply
    {
        byte[] body = request is null ? [] : JsonSerializer.SerializeToUtf8Bytes(request, requestType);
        long start = time.GetTimestamp();
        TimeSpan patience = MayWait ? options.Patience : TimeSpan.Zero;
        for (TimeSpan pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                TReply? reply = await SendAsync(verb, body, replyType, cancellationToken).ConfigureAwait(false);
                _gaveUp = null;
                return reply;
            }
            catch (PluginException exception) when (exception.Outcome == CallOutcome.NotReached)
            {
                if (time.GetElapsedTime(start) + pause > patience)
                {
                    _gaveUp = patience > TimeSpan.Zero || _gaveUp is null ? time.GetTimestamp() : _gaveUp;
                    throw;
                }

                Log.PluginAwaited(logger, name, exception.Problem, pause);
            }

            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _transport?.Dispose();
        }
    }

    private async ValueTask<TReply?> SendAsync<TReply>(string verb, byte[] body, JsonTypeInfo<TReply> replyType, CancellationToken cancellationToken)
        where TReply : Reply
    {
        PluginTransport transport = Reach();
        using CancellationTokenSource clock = new(options.CallTimeout, time);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        using HttpRequestMessage request = new(HttpMethod.Post, "/" + verb) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(PluginVerbs.MediaType);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(PluginVerbs.MediaType));
        try
        {
            using HttpResponseMessage response = await transport.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }

            using Stream stream = await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
            byte[] answer = await ReadAsync(verb, stream, limit.Token).ConfigureAwait(false);
            return Understand(verb, response.StatusCode, answer, replyType);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested && clock.IsCancellationRequested)
        {
            throw Failed(NetworkErrorKind.Unavailable, $"did not answer {verb} within {options.CallTimeout.TotalSeconds:0.###} s", late);
        }
        catch (HttpRequestException failure)
        {
            throw Translate(verb, failure);
        }
        catch (IOException failure)
        {
            throw Failed(NetworkErrorKind.Unavailable, $"hung up in the middle of its answer to {verb}: {Quotation.Of(failure.Message)}", failure);
        }
    }

    private PluginException Translate(string verb, HttpRequestException failure) => failure.HttpRequestError switch
    {
        HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            => Failed(NetworkErrorKind.Unavailable, $"cannot be reached: {Quotation.Of((failure.InnerException ?? failure).Message)}", failure, CallOutcome.NotReached, "start it"),
        HttpRequestError.SecureConnectionError
            => Failed(
                NetworkErrorKind.Forbidden, $"is not who its file says, or does not know us: {Quotation.Of((failure.InnerException ?? failure).Message)}", failure, CallOutcome.NotSent,
                "see to CAFile, CertFile and KeyFile"),
        HttpRequestError.ConfigurationLimitExceeded => Failed(NetworkErrorKind.Internal, $"answered {verb} with endless headers", failure),
        HttpRequestError.InvalidResponse => Failed(NetworkErrorKind.Internal, $"answered {verb} with what is not HTTP", failure),
        _ => Failed(NetworkErrorKind.Unavailable, $"hung up instead of answering {verb}: {Quotation.Of(failure.Message)}", failure),
    };

    private async ValueTask<byte[]> ReadAsync(string verb, Stream stream, CancellationToken cancellationToken)
    {
        const int Piece = 4096;
        ArrayBufferWriter<byte> answer = new(Piece);
        while (true)
        {
            int read = await stream.ReadAsync(answer.GetMemory(Piece), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return answer.WrittenSpan.ToArray();
            }

            answer.Advance(read);
            if (answer.WrittenCount > options.MaxAnswerBytes)
            {
                throw Failed(NetworkErrorKind.Internal, $"answered {verb} with more than {options.MaxAnswerBytes} bytes");
            }
        }
    }

    private TReply Understand<TReply>(string verb, HttpStatusCode status, byte[] answer, JsonTypeInfo<TReply> replyType)
        where TReply : Reply
    {
        if (status != HttpStatusCode.OK)
        {
            Reply? refusal = null;
            try
            {
                refusal = JsonSerializer.Deserialize(answer, PluginJson.Default.Reply);
            }
            catch (JsonException)
            {
                // Then the body is the text.
            }

            throw Refused(verb, refusal, refusal?.Err ?? refusal?.Error ?? (answer.Length > 0 ? Quotation.Of(answer) : $"status {(int)status}"));
        }

        TReply? reply;
        try
        {
            reply = JsonSerializer.Deserialize(answer, replyType);
        }
        catch (JsonException exception)
        {
            throw Wrong(verb, $"not what the protocol says: {Quotation.Of(exception.Message)}", answer, exception);
        }

        if (reply is null)
        {
            throw Wrong(verb, "nothing", answer);
        }

        string? said = string.IsNullOrEmpty(reply.Err) ? reply.Error : reply.Err;
        return string.IsNullOrEmpty(said) ? reply : throw Refused(verb, reply, said);
    }

    /// <summary>The plugin did what was asked, and its answer makes no sense.</summary>
    public PluginException Wrong(string verb, string problem, ReadOnlySpan<byte> answer = default, Exception? cause = null)
        => new(NetworkErrorKind.Internal, name, Address, $"answered {verb} with {problem}", cause) { Answer = answer.IsEmpty ? null : Quotation.Of(answer) };

    private PluginException Refused(string verb, Reply? reply, string said)
        => new(
            Enum.TryParse(reply?.Kind, out NetworkErrorKind kind) && Enum.IsDefined(kind) ? kind : NetworkErrorKind.Internal, name, Address,
            $"refused {verb}: {Quotation.Of(said)}")
        {
            Answer = Quotation.Of(said),
            Outcome = CallOutcome.Refused,
        };

    private PluginException Failed(
        NetworkErrorKind kind, string problem, Exception? cause = null, CallOutcome outcome = CallOutcome.Unknown, string? remedy = null)
        => new(kind, name, Address, problem, cause) { Outcome = outcome, Remedy = remedy };

    /// <summary>Looks where the plugin is now.</summary>
    private PluginTransport Reach()
    {
        PluginAddress address = folders.Find(name) ?? throw new PluginException(NetworkErrorKind.NotFound, name, address: null, "does not exist")
        {
            Outcome = CallOutcome.NotReached,
            Remedy = "start it: its socket or file is looked for in the folders of the options",
        };
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_transport is null || _transport.Address != address)
            {
                _transport = Open(address);   // calls under way end where they began
            }

            return _transport;
        }
    }

    private PluginTransport Open(PluginAddress address)
    {
        if (address.Tls is { ChecksCertificate: false })
        {
            Log.CertificateUnchecked(logger, name, address);
        }

        try
        {
            return PluginTransport.To(address);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new PluginException(NetworkErrorKind.InvalidArgument, name, address.ToString(), $"its certificates cannot be used: {exception.Message}", exception)
            {
                Outcome = CallOutcome.NotSent,
            };
        }
    }
}
