namespace LibNetwork.Cni;

/// <summary>The process's streams as they are, without the terminal's ways that text on a console brings along.</summary>
internal static class StandardStreams
{
#pragma warning disable RS0030 // the ban is for libraries; this is a program, and these are its interface
    public static Stream OpenInput() => Console.OpenStandardInput();

    public static Stream OpenOutput() => Console.OpenStandardOutput();

    public static Stream OpenError() => Console.OpenStandardError();
#pragma warning restore RS0030
}
