using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;

namespace MiniRuntime.Engine.Processes;

/// <summary>Tells when processes end, whoever their parent is: one thread sleeps until the kernel wakes it.</summary>
internal sealed class ExitWatch
{
    private readonly Lock _gate = new();
    private readonly List<(SafeFileHandle Process, TaskCompletionSource Ended)> _watched = [];
    private readonly AnonymousPipeServerStream _news = new(PipeDirection.Out);
    private readonly SafePipeHandle _newsRead;
    private bool _running;

    public ExitWatch() => _newsRead = _news.ClientSafePipeHandle;

    /// <summary>Completes when a process has ended; at once when there is none.</summary>
    public Task WaitAsync(ProcessIdentity process)
    {
        SafeFileHandle? descriptor = Posix.OpenProcess(process.Id);
        if (descriptor is null || !process.IsAlive)   // asked after opening: the descriptor is surely this process's
        {
            descriptor?.Dispose();
            return Task.CompletedTask;
        }

        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _watched.Add((descriptor, ended));
            if (!_running)
            {
                _running = true;
                new Thread(Run) { IsBackground = true, Name = "exit watch" }.Start();
            }

            _news.WriteByte(0);
        }

        return ended.Task;
    }

    private void Run()
    {
        Span<byte> unread = stackalloc byte[64];
        using FileStream news = new(new SafeFileHandle(_newsRead.DangerousGetHandle(), ownsHandle: false), FileAccess.Read, bufferSize: 0);
        while (true)
        {
            (SafeFileHandle Process, TaskCompletionSource Ended)[] watched;
            lock (_gate)
            {
                watched = [.. _watched];
            }

            var descriptors = new Posix.PollDescriptor[watched.Length + 1];
            descriptors[^1] = new() { Descriptor = (int)_newsRead.DangerousGetHandle(), Events = Posix.PollIn };
            for (int i = 0; i < watched.Length; i++)
            {
                descriptors[i] = new() { Descriptor = (int)watched[i].Process.DangerousGetHandle(), Events = Posix.PollIn };
            }

            Posix.Poll(descriptors);
            if (descriptors[^1].Returned != 0)
            {
                _ = news.Read(unread);
            }

            for (int i = 0; i < watched.Length; i++)
            {
                if (descriptors[i].Returned != 0)
                {
                    Finish(watched[i]);
                }
            }
        }
    }

    private void Finish((SafeFileHandle Process, TaskCompletionSource Ended) watched)
    {
        lock (_gate)
        {
            _watched.Remove(watched);
        }

        watched.Process.Dispose();
        watched.Ended.SetResult();
    }
}
