using System.Diagnostics;
using System.Formats.Tar;
using System.Text;

namespace LibNetwork.Samples.Tests.Engine;

/// <summary>A root file system that is one static program under many names.</summary>
internal static class Busybox
{
    private const string Missing = "busybox is missing; install the package busybox-static";

    private static readonly string[] Candidates = ["/usr/bin/busybox", "/bin/busybox"];

    private static string? Program => Candidates.FirstOrDefault(File.Exists);

    public static void SkipIfMissing() => Assert.SkipUnless(Program is not null, Missing);

    /// <summary>The archive of a root.</summary>
    public static MemoryStream Archive()
    {
        string program = Program ?? throw new InvalidOperationException(Missing);
        MemoryStream archive = new();
        using (TarWriter tar = new(archive, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (string folder in new[] { "bin", "etc", "tmp", "proc", "sys", "dev", "root", "home", "home/app" })
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, folder) { Mode = (UnixFileMode)0x1ed, Uid = folder == "home/app" ? 1000 : 0 });
            }

            using FileStream file = File.OpenRead(program);
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "bin/busybox") { Mode = (UnixFileMode)0x1ed, DataStream = file });
            foreach (string applet in Applets(program).Where(applet => applet != "busybox"))
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, $"bin/{applet}") { LinkName = "busybox" });
            }

            WriteText(tar, "etc/passwd", "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001:app:/home/app:/bin/sh\n");
            WriteText(tar, "etc/group", "root:x:0:\napp:x:1001:\naudio:x:29:app\n");
            WriteText(tar, "etc/secret", "not a program\n");
        }

        archive.Position = 0;
        return archive;
    }

    private static void WriteText(TarWriter tar, string path, string text)
        => tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, path) { Mode = (UnixFileMode)0x1a4, DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });

    private static string[] Applets(string program)
    {
        using Process list = Process.Start(new ProcessStartInfo(program, ["--list"]) { UseShellExecute = false, RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("busybox did not start");
        string[] applets = list.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        list.WaitForExit();
        return applets;
    }
}
