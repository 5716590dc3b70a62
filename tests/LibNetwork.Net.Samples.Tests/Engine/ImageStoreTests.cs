using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using MiniRuntime.Engine;
using MiniRuntime.Engine.Images;

namespace LibNetwork.Samples.Tests.Engine;

public sealed class ImageStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("libnetwork-images-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Store => Path.Combine(_folder, "store");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_archive_becomes_an_image_with_modes_and_links(bool compressed)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root gives files to other users");
        ImageStore store = new(Store);

        Image image = await store.ImportAsync(
            Archive(compressed, File("a", "text", 0x9ed), Link(TarEntryType.HardLink, "b", "a"), Link(TarEntryType.SymbolicLink, "c", "/etc/passwd")), "bb", tag: null, Cancel);

        Assert.Equal(["bb:latest"], image.Tags);
        Assert.Equal("text", await System.IO.File.ReadAllTextAsync(Path.Combine(image.RootFolder, "b"), Cancel));
        Assert.Equal((UnixFileMode)0x9ed, System.IO.File.GetUnixFileMode(Path.Combine(image.RootFolder, "a")));
        Assert.Equal("/etc/passwd", new FileInfo(Path.Combine(image.RootFolder, "c")).LinkTarget);
        Assert.Equal(image.Id, new ImageStore(Store).Find("bb")?.Id);
        Assert.Equal(image.Id, store.Find(image.Id["sha256:".Length..][..12])?.Id);
    }

    [Fact]
    public async Task No_archive_writes_outside_of_its_root()
    {
        string victim = Path.Combine(_folder, "victim");
        await System.IO.File.WriteAllTextAsync(victim, "untouched", Cancel);
        TarEntry[][] hostile =
        [
            [File("../../../victim", "evil")],
            [File("a/../../../../victim", "evil")],
            [Link(TarEntryType.SymbolicLink, "out", _folder), File("out/victim", "evil")],
            [Link(TarEntryType.SymbolicLink, "out", _folder), new PaxTarEntry(TarEntryType.Directory, "out/")],
            [Link(TarEntryType.SymbolicLink, "out", _folder), Link(TarEntryType.HardLink, "mine", "out/victim"), File("mine", "evil")],
            [Link(TarEntryType.HardLink, "mine", "../../../victim")],
        ];
        foreach (TarEntry[] entries in hostile)
        {
            ImageStore store = new(Store);

            EngineException exception = await Assert.ThrowsAsync<EngineException>(() => store.ImportAsync(Archive(compressed: false, entries), "x", null, Cancel));

            Assert.Equal(400, exception.Status);
            Assert.Equal("untouched", await System.IO.File.ReadAllTextAsync(victim, Cancel));
            Assert.Empty(Directory.EnumerateFileSystemEntries(Store));
        }
    }

    [Fact]
    public async Task A_file_named_like_a_link_replaces_the_link()
    {
        string victim = Path.Combine(_folder, "victim");
        await System.IO.File.WriteAllTextAsync(victim, "untouched", Cancel);

        Image image = await new ImageStore(Store).ImportAsync(
            Archive(compressed: false, Link(TarEntryType.SymbolicLink, "a", victim), File("a", "mine"), File("/abs", "absolute")), "x", null, Cancel);

        Assert.Equal("mine", await System.IO.File.ReadAllTextAsync(Path.Combine(image.RootFolder, "a"), Cancel));
        Assert.Equal("absolute", await System.IO.File.ReadAllTextAsync(Path.Combine(image.RootFolder, "abs"), Cancel));
        Assert.Equal("untouched", await System.IO.File.ReadAllTextAsync(victim, Cancel));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2000)]
    public async Task What_is_no_archive_is_refused(int length)
    {
        ImageStore store = new(Store);
        using MemoryStream content = new(Encoding.UTF8.GetBytes(new string('x', length)));

        EngineException exception = await Assert.ThrowsAsync<EngineException>(() => store.ImportAsync(content, "x", null, Cancel));

        Assert.Equal(400, exception.Status);
        Assert.Null(store.Find("x"));
    }

    [Fact]
    public async Task A_name_moves_to_the_newer_image_and_images_can_be_removed()
    {
        ImageStore store = new(Store);
        Image one = await store.ImportAsync(Archive(compressed: false, File("a", "1")), "x", null, Cancel);
        Image two = await store.ImportAsync(Archive(compressed: false, File("a", "2")), "x", null, Cancel);

        Assert.Equal(two.Id, store.Find("x")?.Id);
        Assert.Empty(store.Find(one.Id)!.Tags);   // it is there
        Assert.Equal([one.Id], store.Remove(one.Id, force: false).Deleted);
        (IReadOnlyList<string> untagged, IReadOnlyList<string> deleted) = store.Remove("x", force: false);
        Assert.Equal(["x:latest", two.Id], [.. untagged, .. deleted]);
        Assert.Equal(404, Assert.Throws<EngineException>(() => store.Remove("x", force: false)).Status);
        Assert.Equal(409, Assert.Throws<EngineException>(() => store.Remove("host", force: true)).Status);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Store));
    }

    private static PaxTarEntry File(string name, string text, int mode = 0x1a4)
        => new(TarEntryType.RegularFile, name) { Mode = (UnixFileMode)mode, DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)), Uid = 0 };

    private static PaxTarEntry Link(TarEntryType type, string name, string target) => new(type, name) { LinkName = target };

    private static MemoryStream Archive(bool compressed, params TarEntry[] entries)
    {
        MemoryStream archive = new();
        using (GZipStream? gzip = compressed ? new(archive, CompressionLevel.Fastest, leaveOpen: true) : null)
        using (TarWriter tar = new(gzip ?? (Stream)archive, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (TarEntry entry in entries)
            {
                tar.WriteEntry(entry);
            }
        }

        archive.Position = 0;
        return archive;
    }
}
