using MiniRuntime.Compose.Model;
using MiniRuntime.Compose.Reading;

namespace MiniRuntime.Compose;

/// <summary>A stack file that has been read, and the name of its project.</summary>
/// <param name="Path">Its full path.</param>
internal sealed record StackFile(string Path, Stack Stack, string Project)
{
    private const string ProjectVariable = "COMPOSE_PROJECT_NAME";

    /// <summary>Reads it. The project is called as the user says, or else as COMPOSE_PROJECT_NAME, the file or its folder say.</summary>
    /// <exception cref="StackException">There is no such file, or no name for the project.</exception>
    /// <exception cref="StackFileException">All that is wrong in it.</exception>
    public static async Task<StackFile> LoadAsync(string file, string? project, CancellationToken cancellationToken)
    {
        string text;
        try
        {
            text = await File.ReadAllTextAsync(file, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StackException(exception.Message);
        }

        string path = System.IO.Path.GetFullPath(file);
        Stack stack = StackReader.Read(file, text, Environment.GetEnvironmentVariable);
        string? given = project ?? Environment.GetEnvironmentVariable(ProjectVariable);
        string? name = string.IsNullOrEmpty(given) ? stack.Name ?? ProjectName.FromFolder(new FileInfo(path).Directory?.Name ?? string.Empty) : given;
        return name is not null && ProjectName.IsValid(name)
            ? new StackFile(path, stack, name)
            : throw new StackException($"\"{name}\" cannot be the project's name: it must be {ProjectName.Rule}. Give another with --project-name.");
    }
}
