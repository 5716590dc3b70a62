using Etcdserverpb;
using Grpc.Core;
using LibNetwork.Internal;

namespace LibNetwork.Stores.Etcd;

/// <summary>Talks to one member until it fails, then to the next. Thread safe.</summary>
internal sealed class EtcdCluster : IDisposable
{
    private const string TokenHeader = "token";
    private const string LeaderHeader = "hasleader";   // a member without a leader refuses, instead of telling nothing for ever

    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(2);

    private readonly EtcdMember[] _members;
    private readonly EtcdStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _signingIn = new(1, 1);
    private string? _token;
    private int _current;

    public EtcdCluster(EtcdStoreOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _members = [.. options.Endpoints.Select(endpoint => new EtcdMember(endpoint, options))];
    }

    /// <summary>The member that is talked to now.</summary>
    public EtcdMember Current => _members[(uint)Volatile.Read(ref _current) % _members.Length];

    /// <summary>Asks, again and of other members while the time lasts.</summary>
    /// <param name="request">What is asked, for messages.</param>
    /// <param name="ask">Asks a member once; says which attempt it is, from 0.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="NetworkException">No member answered in time, or it was refused.</exception>
    /// <exception cref="RpcException">The lease that is named is gone, or the revision is.</exception>
    public async Task<TAnswer> AskAsync<TAnswer>(
        string request, Func<EtcdMember, CallOptions, int, Task<TAnswer>> ask, CancellationToken cancellationToken)
    {
        long start = _time.GetTimestamp();
        Backoff backoff = new(_time);
        bool isKnown = false;
        for (int attempt = 0; ; attempt++)
        {
            EtcdMember member = Current;
            string? token = null;
            try
            {
                token = await TokenAsync(member, cancellationToken).ConfigureAwait(false);
                return await ask(member, Options(token, Attempt, cancellationToken), attempt).ConfigureAwait(false);
            }
            catch (RpcException) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellationToken);
            }
            catch (RpcException refused) when (EtcdErrors.IsUnknownUser(refused) && token is not null && !isKnown)
            {
                Interlocked.CompareExchange(ref _token, null, token);
                isKnown = true;   // if not now, then never
            }
            catch (RpcException refused) when (EtcdErrors.IsTransient(refused))
            {
                Leave(member);
                if (_time.GetElapsedTime(start) > _options.RequestTimeout)
                {
                    throw EtcdErrors.Translate(refused, member.Endpoint, request);
                }

                await backoff.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (RpcException refused) when (!EtcdErrors.IsLeaseGone(refused) && !EtcdErrors.IsCompacted(refused))
            {
                throw EtcdErrors.Translate(refused, member.Endpoint, request);
            }
        }
    }

    /// <summary>What a stream is opened with.</summary>
    public async ValueTask<CallOptions> StreamOptionsAsync(EtcdMember member, CancellationToken cancellationToken)
        => Options(await TokenAsync(member, cancellationToken).ConfigureAwait(false), limit: null, cancellationToken);

    /// <summary>Goes on to the next member, unless somebody did.</summary>
    public void Leave(EtcdMember member)
    {
        int current = Volatile.Read(ref _current);
        if (_members[(uint)current % _members.Length] == member)
        {
            Interlocked.CompareExchange(ref _current, current + 1, current);
        }
    }

    /// <summary>Forgets who we were said to be: the next request signs in again.</summary>
    public void SignOut() => Volatile.Write(ref _token, null);

    public void Dispose()
    {
        foreach (EtcdMember member in _members)
        {
            member.Dispose();
        }

        _signingIn.Dispose();
    }

    private CallOptions Options(string? token, TimeSpan? limit, CancellationToken cancellationToken)
    {
        Metadata headers = new() { { LeaderHeader, "true" } };
        if (token is not null)
        {
            headers.Add(TokenHeader, token);
        }

        return new CallOptions(headers, limit is { } longest ? (_time.GetUtcNow() + longest).UtcDateTime : null, cancellationToken);
    }

    private async ValueTask<string?> TokenAsync(EtcdMember member, CancellationToken cancellationToken)
    {
        if (_options.UserName is not { } name || Volatile.Read(ref _token) is not null)
        {
            return Volatile.Read(ref _token);
        }

        await _signingIn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_token is null)
            {
                AuthenticateResponse answer = await member.Users.AuthenticateAsync(
                    new AuthenticateRequest { Name = name, Password = _options.Password ?? string.Empty }, Options(token: null, Attempt, cancellationToken))
                    .ConfigureAwait(false);
                Volatile.Write(ref _token, answer.Token);
            }

            return _token;
        }
        finally
        {
            _signingIn.Release();
        }
    }
}
