namespace MiniRuntime.Compose.Plan;

/// <summary>The labels by which a project's objects are known, the same that Docker Compose uses.</summary>
internal static class Labels
{
    public const string Project = "com.docker.compose.project";
    public const string Service = "com.docker.compose.service";
    public const string Number = "com.docker.compose.container-number";
    public const string Network = "com.docker.compose.network";
    public const string ConfigFiles = "com.docker.compose.project.config_files";
    public const string WorkingFolder = "com.docker.compose.project.working_dir";
    public const string DependsOn = "com.docker.compose.depends_on";
    public const string OneOff = "com.docker.compose.oneoff";
    public const string Hash = "com.docker.compose.config-hash";

    /// <summary>What a filter asks for to find all objects of a project.</summary>
    public static string Of(string project) => $"{Project}={project}";
}
