using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LibNetwork.Linux.Native;

namespace LibNetwork.Linux.Sockets;

/// <summary>Receives up to 32 datagrams with one request and answers them with another. Used on one thread at a time; allocates nothing.</summary>
public sealed unsafe class DatagramBatch
{
    /// <summary>How many datagrams are received at once.</summary>
    public const int Capacity = 32;

    private const int AddressBytes = 28;   // struct sockaddr_in6, the longer one
    private const int FlagCut = 0x20;   // MSG_TRUNC

    // Pinned for good: the headers point into the memory.
    private readonly byte[] _memory;
    private readonly SystemCalls.DatagramHeader[] _received;
    private readonly SystemCalls.DatagramHeader[] _answers;
    private readonly SystemCalls.DatagramBytes[] _parts;
    private readonly int _datagramBytes;
    private int _answerCount;

    /// <summary>Makes a batch.</summary>
    /// <param name="datagramBytes">The longest datagram that is received or answered.</param>
    public DatagramBatch(int datagramBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(datagramBytes);
        _datagramBytes = datagramBytes;
        _memory = GC.AllocateArray<byte>(Capacity * ((2 * datagramBytes) + AddressBytes), pinned: true);
        _received = GC.AllocateArray<SystemCalls.DatagramHeader>(Capacity, pinned: true);
        _answers = GC.AllocateArray<SystemCalls.DatagramHeader>(Capacity, pinned: true);
        _parts = GC.AllocateArray<SystemCalls.DatagramBytes>(2 * Capacity, pinned: true);
        for (int index = 0; index < Capacity; index++)
        {
            _parts[index] = new SystemCalls.DatagramBytes { Start = Slot(index), Length = (nuint)datagramBytes };
            _received[index] = new SystemCalls.DatagramHeader { Message = new SystemCalls.DatagramMessage { Address = Address(index), Parts = Part(index), PartCount = 1 } };
            _answers[index].Message.PartCount = 1;
        }
    }

    /// <summary>How many answers could not be sent since the batch was made: the client is gone, or its buffer was full.</summary>
    public long Unsent { get; private set; }

    /// <summary>Receives what waits, without waiting itself.</summary>
    /// <returns>How many datagrams there are now; those of before are gone.</returns>
    public int Receive(SafeHandle socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        _answerCount = 0;
        for (int index = 0; index < Capacity; index++)
        {
            _received[index].Message.AddressLength = AddressBytes;   // the kernel wrote the last sender's
        }

        // An error belongs to an answer of before that could not be delivered.
        int count = SystemCalls.ReceiveMany((int)socket.DangerousGetHandle(), First(_received), Capacity, out _);
        return Math.Max(count, 0);
    }

    /// <summary>A received datagram; one that was too long is cut.</summary>
    public ReadOnlySpan<byte> Datagram(int index) => new(Slot(Checked(index)), (int)Math.Min(_received[index].Length, (uint)_datagramBytes));

    /// <summary>Whether a received datagram was longer than the batch takes.</summary>
    public bool IsCut(int index) => (_received[Checked(index)].Message.Flags & FlagCut) != 0;

    /// <summary>The sender's address as the kernel has it, for <see cref="Send(SafeHandle, ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>.</summary>
    public ReadOnlySpan<byte> Sender(int index) => new(Address(Checked(index)), (int)Math.Min(_received[index].Message.AddressLength, AddressBytes));

    /// <summary>Where the answer to a datagram is to be written.</summary>
    public Span<byte> Answer(int index) => new(Slot(Capacity + Checked(index)), _datagramBytes);

    /// <summary>Makes the first bytes of <see cref="Answer"/> the answer.</summary>
    public void SetAnswer(int index, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _datagramBytes);
        int place = _answerCount++;
        _parts[Capacity + place] = new SystemCalls.DatagramBytes { Start = Slot(Capacity + Checked(index)), Length = (nuint)length };
        _answers[place].Message.Address = Address(index);
        _answers[place].Message.AddressLength = _received[index].Message.AddressLength;
        _answers[place].Message.Parts = Part(Capacity + place);
    }

    /// <summary>Sends all answers, without waiting: one whose receiver cannot take it is lost, as any datagram may be.</summary>
    public void Send(SafeHandle socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        int fd = (int)socket.DangerousGetHandle(), done = 0;
        while (done < _answerCount)
        {
            int sent = SystemCalls.SendMany(fd, First(_answers) + done, _answerCount - done, out int errno);
            if (sent < 0 && errno == LinuxErrno.EINTR)
            {
                continue;
            }

            Unsent += sent < 0 ? 1 : 0;
            done += Math.Max(sent, 1);   // the first of those that are left is the one that cannot go
        }

        _answerCount = 0;
    }

    /// <summary>Sends one datagram, without waiting.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="datagram">The datagram.</param>
    /// <param name="address">What <see cref="Sender"/> returned.</param>
    /// <returns>Whether it could be sent.</returns>
    public static bool Send(SafeHandle socket, ReadOnlySpan<byte> datagram, ReadOnlySpan<byte> address)
    {
        ArgumentNullException.ThrowIfNull(socket);
        bool held = false;
        try
        {
            socket.DangerousAddRef(ref held);
            return SystemCalls.SendTo((int)socket.DangerousGetHandle(), datagram, address) == 0;
        }
        catch (ObjectDisposedException)
        {
            return false;   // the socket was closed meanwhile
        }
        finally
        {
            if (held)
            {
                socket.DangerousRelease();
            }
        }
    }

    private byte* Slot(int index) => First(_memory) + ((nint)index * _datagramBytes);

    private byte* Address(int index) => First(_memory) + (2 * (nint)Capacity * _datagramBytes) + (index * AddressBytes);

    private SystemCalls.DatagramBytes* Part(int index) => First(_parts) + index;

    private static TItem* First<TItem>(TItem[] pinned)
        where TItem : unmanaged
        => (TItem*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));

    private static int Checked(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Capacity, nameof(index));
        return index;
    }
}
