using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace MiniRuntime.Engine.Processes;

/// <summary>The pipes between the engine and a program without a terminal.</summary>
internal sealed class ExecPipes(bool openInput) : IDisposable
{
    public AnonymousPipeServerStream? Input { get; } = openInput ? new(PipeDirection.Out) : null;

    public AnonymousPipeServerStream Output { get; } = new(PipeDirection.In);

    public AnonymousPipeServerStream Error { get; } = new(PipeDirection.In);

    public SafeHandle? ChildInput => Input?.ClientSafePipeHandle;

    public SafeHandle ChildOutput => Output.ClientSafePipeHandle;

    public SafeHandle ChildError => Error.ClientSafePipeHandle;

    /// <summary>The program has its ends; as long as these stay open, no end of its output is seen.</summary>
    public void CloseChildEnds()
    {
        Input?.DisposeLocalCopyOfClientHandle();
        Output.DisposeLocalCopyOfClientHandle();
        Error.DisposeLocalCopyOfClientHandle();
    }

    public void Dispose()
    {
        Input?.Dispose();
        Output.Dispose();
        Error.Dispose();
    }
}
