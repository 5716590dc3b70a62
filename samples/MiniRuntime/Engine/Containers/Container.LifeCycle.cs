using System.Collections.ObjectModel;
using System.Globalization;
using LibNetwork;
using Microsoft.Extensions.Logging;
using MiniRuntime.Engine.Images;
using MiniRuntime.Engine.Model;
using MiniRuntime.Engine.Processes;

namespace MiniRuntime.Engine.Containers;

/// <content>From created to running to exited to gone.</content>
internal sealed partial class Container
{
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(10);

    /// <summary>Builds the network and starts the process in it. A failure leaves the container as it was, with the reason in its record.</summary>
    /// <returns>Whether it was started; <see langword="false"/> when it runs already.</returns>
    public Task<bool> StartAsync(CancellationToken cancellationToken) => InTurnAsync(
        async () =>
        {
            RefuseWhenRemoving();
            if (IsRunning)
            {
                return false;
            }

            ContainerRecord before = Record;
            Save(before with { Status = ContainerStatus.Starting });
            try
            {
                await StartCoreAsync();
                return true;
            }
            catch (Exception exception)
            {
                await AbandonStartAsync(before, exception);
                throw;
            }
        },
        cancellationToken);

    /// <summary>Sends the stop signal, then after some patience SIGKILL, and waits until the container has ended.</summary>
    /// <returns>Whether it was stopped; <see langword="false"/> when it did not run.</returns>
    public async Task<bool> StopAsync(string? signal, TimeSpan? patience, CancellationToken cancellationToken)
    {
        Task ended = NextExit;
        if (Process is not { } process)
        {
            return false;
        }

        string name = signal ?? (Record.Config.StopSignal is { Length: > 0 } own ? own : "SIGTERM");
        Signal(process, SignalNumber.Parse(name));
        TimeSpan wait = patience ?? (Record.Config.StopTimeout is { } seconds ? TimeSpan.FromSeconds(seconds) : DefaultPatience);
        try
        {
            await ended.WaitAsync(wait < TimeSpan.Zero ? Timeout.InfiniteTimeSpan : wait, _engine.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            Signal(process, SignalNumber.Kill);
            await ended.WaitAsync(cancellationToken);
        }

        Publish("stop");
        return true;
    }

    public async Task RestartAsync(string? signal, TimeSpan? patience, CancellationToken cancellationToken)
    {
        await StopAsync(signal, patience, cancellationToken);
        await StartAsync(cancellationToken);
        Publish("restart");
    }

    /// <summary>Sends a signal to the process; SIGKILL returns when the container has ended.</summary>
    public async Task KillAsync(int signal, CancellationToken cancellationToken)
    {
        Task ended = NextExit;
        RunningProcess process = Process ?? throw EngineException.Conflict($"cannot kill container: {Name}: container {Id} is not running");
        Signal(process, signal);
        if (signal == SignalNumber.Kill)
        {
            await ended.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Removes the container with all its files. One that is removed already is not an error.</summary>
    /// <param name="force">End it first instead of refusing.</param>
    public async Task RemoveAsync(bool force, CancellationToken cancellationToken)
    {
        while (Process is { } process)
        {
            Task ended = NextExit;
            if (!force)
            {
                throw EngineException.Conflict(
                    $"cannot remove container \"/{Name}\": container is running: stop the container before removing or force remove");
            }

            Signal(process, SignalNumber.Kill);
            await ended.WaitAsync(cancellationToken);
        }

        await InTurnAsync(
            async () =>
            {
                if (_removed.Task.IsCompleted)
                {
                    return;
                }

                if (IsRunning)
                {
                    throw EngineException.Conflict($"cannot remove container \"/{Name}\": it has been started meanwhile");
                }

                Save(Record with { Status = ContainerStatus.Removing });
                await _network.DeleteAsync(Id);
                Files.DeleteRecord();
                _engine.Launcher.Clean(Files.Path);
                _engine.Containers.Forget(this);
                Publish("destroy");
                _removed.TrySetResult(Record.ExitCode);
                _nextExit.TrySetResult(Record.ExitCode);
                _prepared?.Dispose();
            },
            cancellationToken);
    }

    /// <summary>Takes up what an earlier engine left of the container.</summary>
    public async Task AdoptAsync(CancellationToken cancellationToken)
    {
        await InTurnAsync(AdoptCoreAsync, cancellationToken);
        if (Record.Status == ContainerStatus.Removing || (Record.Status == ContainerStatus.Exited && Record.HostConfig.AutoRemove))
        {
            await RemoveAsync(force: false, cancellationToken);
        }
    }

    private async Task AdoptCoreAsync()
    {
        if (Record.Status is not (ContainerStatus.Starting or ContainerStatus.Running))
        {
            await _network.DeleteAsync(Id);
            return;
        }

        (RunningProcess? running, int exitCode) = _engine.Launcher.Adopt(Files.Path);
        if (running is null)
        {
            await EndAsync(exitCode);
            return;
        }

        Sandbox = NetworkMode.SharedContainer(Record.HostConfig.NetworkMode) is { } shared
            ? _network.Find(_engine.Containers.Get(shared).Id)
            : _network.Find(Id);
        Dictionary<string, EndpointSettings> attached = await AdoptEndpointsAsync();
        Save(Record with
        {
            Status = ContainerStatus.Running, ProcessId = running.Id, Attached = attached, Published = ReadPublished(attached),
        });
        Watch(running);
    }

    private async Task StartCoreAsync()
    {
        (ISandbox sandbox, IReadOnlyDictionary<string, EndpointSettings> attached) =
            await _network.BuildAsync(Record, Files, CancellationToken.None);
        Sandbox = sandbox;
        Record = Record with { Attached = attached, Published = ReadPublished(attached), SandboxId = sandbox.Id.Value, SandboxKey = sandbox.NamespacePath };
        RunningProcess process = await _engine.Launcher.StartAsync(Prepare(), sandbox, CancellationToken.None);
        _prepared = null;
        Save(Record with
        {
            Status = ContainerStatus.Running,
            ProcessId = process.Id,
            ExitCode = 0,
            Error = string.Empty,
            StartedAt = _engine.Time.GetUtcNow(),
            FinishedAt = null,
        });
        PublishConnections("connect", attached);
        Publish("start");
        Watch(process);
    }

    private PreparedProcess Prepare()
    {
        if (_prepared is null)
        {
            Image image = _engine.Images.Find(Record.ImageId) ?? throw EngineException.NotFound($"No such image: {Record.Config.Image}");
            if (NetworkMode.SharedContainer(Record.HostConfig.NetworkMode) is { } shared)
            {
                Record = Record with { Config = Record.Config with { Hostname = _engine.Containers.Get(shared).Record.Config.Hostname } };
            }

            _prepared = _engine.Launcher.Prepare(ContainerProgram.Spec(Record, Files, image));
        }

        return _prepared;
    }

    private async Task AbandonStartAsync(ContainerRecord before, Exception exception)
    {
        const int CannotStart = 128;
        _prepared?.Dispose();
        _prepared = null;
        Sandbox = null;
        string error = await RemoveNetworkAsync();
        Save(before with
        {
            Error = error.Length == 0 ? exception.Message : $"{exception.Message}; {error}",
            ExitCode = (exception as EngineException)?.ExitCode ?? CannotStart,
        });
        if (Record.HostConfig.AutoRemove)
        {
            _ = RemoveAfterFailedStartAsync();   // it waits for its turn, which is still ours
        }
    }

    private void Watch(RunningProcess process)
    {
        Process = process;
        _ = WatchAsync(process);
    }

    private async Task WatchAsync(RunningProcess process)
    {
        try
        {
            int exitCode = await process.Exited;
            await InTurnAsync(() => EndAsync(exitCode), CancellationToken.None);
            if (Record.HostConfig.AutoRemove)
            {
                await RemoveAsync(force: false, CancellationToken.None);
            }
        }
        catch (Exception exception)
        {
            LogEndFailed(_engine.Logger, exception, Id);
        }
    }

    // Who waits for an exit or for the removal would wait for ever.
    private async Task RemoveAfterFailedStartAsync()
    {
        try
        {
            await RemoveAsync(force: false, CancellationToken.None);
        }
        catch (Exception exception)
        {
            LogEndFailed(_engine.Logger, exception, Id);
        }
    }

    // The process is gone: so goes its network, and then everyone who waits is told.
    private async Task EndAsync(int exitCode)
    {
        DateTimeOffset now = _engine.Time.GetUtcNow();
        IReadOnlyDictionary<string, EndpointSettings> left = Record.Attached;
        string error = await RemoveNetworkAsync();
        try
        {
            Process = null;
            Sandbox = null;
            Save(Record with
            {
                Status = ContainerStatus.Exited,
                ProcessId = 0,
                ExitCode = exitCode,
                Error = error,
                FinishedAt = now,
                Attached = ReadOnlyDictionary<string, EndpointSettings>.Empty,
                Published = [],
                SandboxId = string.Empty,
                SandboxKey = string.Empty,
            });
            PublishConnections("disconnect", left);
            Publish(
                "die",
                ("execDuration", ((long)(now - (Record.StartedAt ?? now)).TotalSeconds).ToString(CultureInfo.InvariantCulture)),
                ("exitCode", exitCode.ToString(CultureInfo.InvariantCulture)));
        }
        finally
        {
            TaskCompletionSource<int> ended = Interlocked.Exchange(
                ref _nextExit, new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously));
            ended.TrySetResult(exitCode);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Container {Id} has ended, and could not be cleared up.")]
    private static partial void LogEndFailed(ILogger logger, Exception exception, string id);

    /// <returns>What went wrong, if anything; the next start or the removal tries again.</returns>
    private async Task<string> RemoveNetworkAsync()
    {
        try
        {
            await _network.DeleteAsync(Id);
            return string.Empty;
        }
        catch (Exception exception) when (exception is NetworkException or AggregateException)
        {
            return $"its network could not be removed: {exception.Message}";
        }
    }

    private void Signal(RunningProcess process, int signal)
    {
        process.Signal(signal);
        Publish("kill", ("signal", signal.ToString(CultureInfo.InvariantCulture)));
    }
}
