namespace MiniRuntime.Compose.Work;

/// <summary>What objects are called where progress is shown.</summary>
internal static class Subject
{
    public static string Network(string name) => $"Network {name}";

    public static string Container(string name) => $"Container {name}";
}
