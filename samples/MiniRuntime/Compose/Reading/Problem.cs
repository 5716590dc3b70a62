namespace MiniRuntime.Compose.Reading;

/// <summary>Something wrong in a file; lines and columns count from 1.</summary>
internal readonly record struct Problem(long Line, long Column, string Message);
