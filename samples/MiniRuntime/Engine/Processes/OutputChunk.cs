namespace MiniRuntime.Engine.Processes;

/// <summary>A piece of what a process printed.</summary>
/// <param name="IsError">Whether it came from standard error; with a terminal all is standard output.</param>
/// <param name="Data">The bytes; valid until the next piece is asked for.</param>
internal readonly record struct OutputChunk(bool IsError, ReadOnlyMemory<byte> Data);
